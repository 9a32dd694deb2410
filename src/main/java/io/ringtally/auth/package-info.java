/** Who may do what: API keys, what is kept of them, and the snapshot that requests are held to. */
package io.ringtally.auth;
