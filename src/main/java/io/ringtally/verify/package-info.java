/**
 * Shows that nothing is lost: starts the service, loads it, injects a fault, starts it again, and
 * holds what its clients know against Postgres. It knows the service by its wire, its signals and
 * its tables only, so that no mistake in the service can hide here too.
 */
package io.ringtally.verify;
