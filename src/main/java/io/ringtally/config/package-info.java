/** The effective configuration: defaults, a file, the environment, checked and handed out. */
package io.ringtally.config;
