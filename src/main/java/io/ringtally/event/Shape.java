package io.ringtally.event;

/**
 * Which fields a request's object has: those that must be there and those that may. All others
 * are ignored.
 *
 * <p>Threading: immutable.
 */
enum Shape {

    INCREMENT(bits(Field.KEY, Field.VALUE), bits(Field.ID)),
    EVENT(bits(Field.APP_ID, Field.MESSAGE_ID, Field.EVENT),
            bits(Field.CREATED_AT, Field.VALUE, Field.ID)),
    /** CloudEvents 1.0, which has other names for them, and the value in its data. */
    CLOUD_EVENT(bits(Field.APP_ID, Field.MESSAGE_ID, Field.EVENT, Field.ID),
            bits(Field.CREATED_AT, Field.VALUE)) {
        @Override
        String label(Field field) {
            return switch (field) {
                case APP_ID -> "source";
                case MESSAGE_ID -> "subject";
                case EVENT -> "type";
                case CREATED_AT -> "time";
                case VALUE -> "data.value";
                default -> field.label;
            };
        }

        @Override
        Field named(String label) {
            Field field = super.named(label);
            return field == Field.VALUE ? null : field; // not among the attributes
        }
    };

    /** {@link Field#bit() Bits} of the fields that must be there. */
    final int required;

    /** Bits of all fields with a meaning here. */
    final int known;

    private final Field[] fields;

    Shape(int required, int optional) {
        this.required = required;
        this.known = required | optional;
        this.fields = Field.values();
    }

    /** What this shape's objects call a field. */
    String label(Field field) {
        return field.label;
    }

    /** The field of that name, or null when it has no meaning here. */
    Field named(String label) {
        for (Field field : fields) {
            if ((known & field.bit()) != 0 && label(field).equals(label)) {
                return field;
            }
        }
        return null;
    }

    boolean requires(Field field) {
        return (required & field.bit()) != 0;
    }

    private static int bits(Field... fields) {
        int bits = 0;
        for (Field field : fields) {
            bits |= field.bit();
        }
        return bits;
    }
}
