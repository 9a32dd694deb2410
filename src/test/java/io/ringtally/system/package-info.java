/** Tests of the jar as a process: started, talked to, killed, started again. */
package io.ringtally.system;
