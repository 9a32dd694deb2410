package bench.servers;

/**
 * The arm <em>simple</em>: reads the body, answers 202, does nothing. What is left is the price of
 * HTTP itself.
 *
 * <p>Arguments: port, I/O threads.
 *
 * <p>Threading: everything happens on the I/O threads.
 */
final class SimpleServer {

    private SimpleServer() {
    }

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        int ioThreads = Integer.parseInt(arguments[1]);
        BodyHandler handler = new BodyHandler((exchange, body) -> {
            exchange.setStatusCode(202);
            exchange.endExchange();
        });
        BaselineListener.serve("simple",
                BaselineListener.settings(ioThreads, 1, handler), port, () -> { });
    }
}
