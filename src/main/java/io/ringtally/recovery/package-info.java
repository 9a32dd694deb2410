/** Getting back to where the last run ended: the data directory's lock, the counters' return. */
package io.ringtally.recovery;
