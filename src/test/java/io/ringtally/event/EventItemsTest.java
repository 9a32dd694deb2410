package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventItemsTest {

    private static final String ONE = event("m1");
    private static final String TWO = event("m2");

    @Test
    void takesOneEventOrAnArrayOfThem() {
        assertEquals(List.of("a/m1/e/=1@"), Reading.ofItems(ONE).events());
        assertEquals(List.of("a/m1/e/=1@", "a/m2/e/=1@"),
                Reading.ofItems(" [" + ONE + " , " + TWO + "]\n").events());
        assertTrue(Reading.ofItems("[]").good());
        assertEquals(List.of("a/m1/e/=1@", "a/m3/e/=1@"),
                Reading.ofItems("[" + ONE + "," + event("m\\u0033") + "]").events());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`` | `` | the body is empty: send an event object or an array of them",
        "7 | `` | the body is the number 7, neither an object nor an array",
        "[7] | [0] | [0] is the number 7, not an object: send an event object",
        "[{'app_id':'a','event':'e'}] | [0].message_id | [0].message_id is missing",
        "{'app_id':'a','event':'e'} | message_id | message_id is missing",
        "[]] | `` | the body goes on after its JSON, line 1, column",
        "[{'a':1,'a':2}] | [0].a | [0].a is sent more than once",
        "[ | `` | the body ends in the middle of its JSON",
    })
    void saysWhatIsWrong(String body, String field, String reason) {
        Reading reading = Reading.ofItems(body.replace('\'', '"'));
        assertFalse(reading.good());
        assertTrue(reading.fields().contains(field), reading.errors().toString());
        assertTrue(reading.errors().toString().contains(reason), reading.errors().toString());
    }

    @Test
    void keepsNothingOfAnArrayWithABadEvent() {
        Reading reading = Reading.ofItems("[" + ONE + ",{}," + TWO + "]");
        assertFalse(reading.good());
        assertEquals(List.of(), reading.events());
        assertEquals(List.of("[1].app_id", "[1].message_id", "[1].event"), reading.fields());
    }

    @Test
    void takesAnEventALine() {
        assertEquals(List.of("a/m1/e/=1@", "a/m2/e/=1@"),
                Reading.ofLines(ONE + "\n" + TWO + "\n").events());
        assertEquals(List.of("a/m1/e/=1@", "a/m2/e/=1@", "a/m3/e/=1@"), Reading.ofLines(
                "\r\n" + ONE + "\r\n \n\n" + TWO + "\n" + event("m\\u0033")).events());
        assertTrue(Reading.ofLines("").good());
        assertTrue(Reading.ofLines("\n \n").good());
    }

    @Test
    void namesTheLinesThatAreWrong() {
        Reading reading = Reading.ofLines(ONE + "\n\n{\"app_id\":1\n" + TWO + "\n[]\n"
                + ONE + ONE + "\n{}\n");
        assertFalse(reading.good());
        assertEquals(List.of(), reading.events());
        assertEquals(List.of("[1].app_id", "[1]", "[3]", "[4]", "[5].app_id", "[5].message_id",
                "[5].event"), reading.fields());
        assertTrue(reading.errors().get(1).reason().startsWith(
                "line 3 ends in the middle of its JSON, after 11 characters, column 12"),
                reading.errors().toString());
        assertTrue(reading.errors().get(2).reason().startsWith(
                "line 5 is an array, not an object"), reading.errors().toString());
        assertTrue(reading.errors().get(3).reason().startsWith(
                "line 6 goes on after its JSON"), reading.errors().toString());
    }

    @Test
    void aLineIsNotContinuedOnTheNext() {
        assertFalse(Reading.ofLines(ONE.replace(",", ",\n")).good());
        assertTrue(Reading.ofItems(ONE.replace(",", ",\n")).good());
    }

    @Test
    void listsTwentyErrorsAndCountsTheOthers() {
        Reading reading = Reading.ofLines("{}\n".repeat(30));
        assertEquals(21, reading.errors().size());
        assertTrue(reading.errors().get(20).reason().startsWith(
                "the body has 90 errors, 70 more than are listed here"));
    }

    private static String event(String message) {
        return "{\"app_id\":\"a\",\"message_id\":\"" + message + "\",\"event\":\"e\"}";
    }
}
