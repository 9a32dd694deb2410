/** What the page for operators shows, second by second; the page itself is among the resources. */
package io.ringtally.dashboard;
