/** Which events have been counted already: the memory of the ids that clients gave them. */
package io.ringtally.dedupe;
