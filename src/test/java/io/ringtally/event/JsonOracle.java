package io.ringtally.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Jackson, set to strictness here and not by the code under test. */
final class JsonOracle {

    private static final JsonFactory STRICT = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private JsonOracle() {
    }

    /** Whether this is one JSON text in UTF-8 without a mark, and no name comes twice. */
    static boolean isJson(byte[] text) {
        try {
            String decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text))
                    .toString();
            try (JsonParser json = STRICT.createParser(decoded)) {
                if (json.nextToken() == null) {
                    return false;
                }
                json.skipChildren();
                return json.nextToken() == null;
            }
        } catch (CharacterCodingException notUtf8) {
            return false;
        } catch (IOException malformed) {
            return false;
        }
    }
}
