/** The event: its fields and limits, the JSON it arrives as, the bytes it travels as. */
package io.ringtally.event;
