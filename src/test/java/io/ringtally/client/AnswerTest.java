package io.ringtally.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {

    @Test
    void aReportSettlesAll() {
        assertEquals(new Answer(Map.of(), 3, -1, ""), Answer.of(3, 202, "",
                "{\"accepted\":3,\"duplicates\":0,\"rejected\":[],\"ack\":\"journaled\"}"));
    }

    @Test
    void whatIsRejectedNeverCountsAndWhatIsStoppedGoesAgain() {
        assertEquals(new Answer(Map.of(1, "no \"good\""), 2, 3_000, "the ring is full"),
                Answer.of(4, 202, "", "{\"accepted\":1,\"rejected\":[{\"index\":1,\"line\":2,"
                        + "\"reason\":\"no \\\"good\\\"\"}],\"stopped\":{\"index\":2,\"detail\":"
                        + "\"the ring is full\",\"retry_after_s\":3}}"));
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 429, 500, 502, 503, 504, 507})
    void whatMayComeAboutLaterGoesAgain(int status) {
        assertEquals(new Answer(Map.of(), 0, 2_000, "the service answered " + status + ": full"),
                Answer.of(4, status, "2", "{\"detail\":\"full\"}"));
        assertEquals(-1, Answer.of(4, status, "", "<html>").retryAfterMillis());
    }

    @Test
    void anythingElseIsFinal() {
        assertEquals(new Answer(Map.of(0, "first", 1, "the service answered 400: bad"), 2, -1, ""),
                Answer.of(2, 400, "", "{\"detail\":\"bad\",\"errors\":[{\"field\":\"[0]\","
                        + "\"reason\":\"first\"}]}"));
        assertEquals(Map.of(0, "the service answered 413"),
                Answer.of(1, 413, "", "").rejected());
    }

    @Test
    void afterTooManyRejectedTheRestHasNotBeenLookedAt() {
        Answer answer = Answer.of(5, 400, "", "{\"type\":\"/problems/too-many-rejected\""
                + ",\"detail\":\"d\",\"errors\":[{\"field\":\"[0]\",\"reason\":\"a\"},{\"field\":"
                + "\"[1]\",\"reason\":\"b\"}]}");
        assertEquals(Map.of(0, "a", 1, "b"), answer.rejected());
        assertEquals(2, answer.next());
    }

    @Test
    void jsonIsReadAndWritten() {
        assertEquals(List.of(Map.of("a", "1e5"), List.of(), true, "\u00e9\n\ud83d\ude00"),
                Json.read(" [ {\"a\" : 1e5 } , [ ] , true, \"\\u00e9\\n\\ud83d\\ude00\" ] "));
        for (String broken : List.of("", "{", "[1", "{\"a\"}", "\"", "[1 2]", "\"\\u12", "{}x")) {
            assertThrows(IllegalArgumentException.class, () -> Json.read(broken), broken);
        }
        StringBuilder line = new StringBuilder();
        Json.appendLine(line, new Event("a\"", "m\\\n", "e", -5, null, null), "i");
        assertEquals("{\"app_id\":\"a\\\"\",\"message_id\":\"m\\\\\\u000a\",\"event\":\"e\",\"value\":"
                + "-5,\"id\":\"i\"}\n", line.toString());
    }
}
