package io.ringtally.http;

import io.undertow.conduits.ReadDataStreamSourceConduit;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A chunked request body, in the place of Undertow's own: that one takes any bytes behind a size or
 * a chunk's data up to the next line feed, a size without digits for the last chunk, and sizes
 * beyond 57 bits for smaller ones.
 *
 * <p>Threading: on the exchange's I/O thread.
 */
final class ChunkedBody extends AbstractStreamSourceConduit<StreamSourceConduit> {

    private final HttpServerExchange exchange;
    private final HttpServerConnection connection;
    private final ChunkDecoder decoder = new ChunkDecoder();
    private long taken;
    private boolean ended;

    private ChunkedBody(HttpServerExchange exchange, HttpServerConnection connection) {
        super(new ReadDataStreamSourceConduit(connection.getOriginalSourceConduit(),
                (AbstractServerConnection) connection));
        this.exchange = exchange;
        this.connection = connection;
    }

    /** Reads this request's body with this class; before anything of it has been read. */
    static void install(HttpServerExchange exchange) {
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        connection.getChannel().getSourceChannel().setConduit(
                new ChunkedBody(exchange, connection));
    }

    @Override
    public int read(ByteBuffer data) throws IOException {
        if (ended) {
            return -1;
        }
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        boolean pushedBack = false;
        try {
            ByteBuffer raw = pooled.getBuffer();
            int total = 0;
            while (data.hasRemaining()) {
                raw.clear();
                int got = next.read(raw);
                if (got == 0) {
                    break;
                }
                if (got < 0) {
                    throw new ClosedChannelException();
                }
                raw.flip();
                total += decoder.decode(raw, data);
                if (raw.hasRemaining()) {
                    pushedBack = true;
                    connection.ungetRequestBytes(pooled);
                }
                if (decoder.isDone()) {
                    end();
                    return total == 0 ? -1 : count(total);
                }
                if (pushedBack) {
                    break;
                }
            }
            return count(total);
        } catch (IOException malformed) {
            // whatever comes next on this connection, it is no request
            exchange.setPersistent(false);
            end();
            throw malformed;
        } finally {
            if (!pushedBack) {
                pooled.close();
            }
        }
    }

    private int count(int bytes) throws IOException {
        taken += bytes;
        long limit = exchange.getMaxEntitySize();
        if (limit > 0 && taken > limit) {
            throw new MalformedChunkException("it has more than " + limit + " bytes");
        }
        return bytes;
    }

    private void end() {
        if (!ended) {
            ended = true;
            Connectors.terminateRequest(exchange);
        }
    }

    @Override
    public long read(ByteBuffer[] data, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (data[i].hasRemaining()) {
                return read(data[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer through, StreamSinkChannel target)
            throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), count, through, target);
    }

    @Override
    public void terminateReads() throws IOException {
        if (!ended) {
            exchange.setPersistent(false);
        }
        super.terminateReads();
    }
}
