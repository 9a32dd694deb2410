package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class DatabaseTroubleTest {

    @Test
    void theInnermostSaysWhatIsWrong() {
        SQLException refused = new SQLException("Connection to h:5 refused.\n  Check  it.",
                "08001", new java.net.ConnectException("refused"));
        assertEquals("Connection to h:5 refused. Check it. (SQLSTATE 08001)",
                DatabaseTrouble.of(new IllegalStateException("Unable to obtain connection\n---",
                        new SQLException("postgres - Connection is not available", refused))));
    }

    @Test
    void whatHasNoSqlStateIsToldAsItIs() {
        assertEquals("no such thing", DatabaseTrouble.of(new RuntimeException("no\nsuch thing")));
        assertEquals("a", DatabaseTrouble.of(new RuntimeException("b", new SQLException("a"))));
        assertEquals("null", DatabaseTrouble.of(new RuntimeException()));
    }
}
