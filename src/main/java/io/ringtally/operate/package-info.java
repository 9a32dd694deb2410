/** What operators do to the running service, and what they are told of its trouble. */
package io.ringtally.operate;
