/** What an operator sees and does at run time: the MXBeans of JMX domain {@code ringtally}. */
package io.ringtally.admin;
