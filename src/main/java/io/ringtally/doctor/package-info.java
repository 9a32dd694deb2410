/**
 * Examines the machine, the database and the configuration for what usually goes wrong, and says
 * what to change. It changes nothing; where a service runs, it asks that one.
 */
package io.ringtally.doctor;
