/** Places where the service can be made to fail on purpose, for tests of what survives that. */
package io.ringtally.fault;
