package io.ringtally.http;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.Option;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * An accepted connection that is closed by {@link Endings}, whoever ends it and why. Everything
 * else is the socket's.
 *
 * <p>Threading: as XNIO's connections, its I/O thread's; {@link #close} may come from any.
 */
final class ClientConnection extends StreamConnection {

    private final StreamConnection socket;
    private final Endings endings;

    ClientConnection(StreamConnection socket, Endings endings) {
        super(socket.getIoThread());
        this.socket = socket;
        this.endings = endings;
        setSourceConduit(new Source(socket.getSourceChannel().getConduit()));
        setSinkConduit(new Sink(socket.getSinkChannel().getConduit()));
    }

    @Override
    protected void closeAction() throws IOException {
        endings.close(socket);
    }

    @Override
    public SocketAddress getPeerAddress() {
        return socket.getPeerAddress();
    }

    @Override
    public SocketAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public boolean supportsOption(Option<?> option) {
        return socket.supportsOption(option);
    }

    @Override
    public <T> T getOption(Option<T> option) throws IOException {
        return socket.getOption(option);
    }

    @Override
    public <T> T setOption(Option<T> option, T value) throws IOException {
        return socket.setOption(option, value);
    }

    /** Whether one side has ended just now, and the other is still open. */
    private boolean halfEnded(boolean justNow) {
        return justNow && isOpen();
    }

    private final class Source extends AbstractStreamSourceConduit<StreamSourceConduit> {

        Source(StreamSourceConduit next) {
            super(next);
        }

        /** The socket has noted the end of what it reads; so does this connection. */
        private long read(long bytes) {
            if (bytes < 0) {
                readClosed();
            }
            return bytes;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            return (int) read(super.read(to));
        }

        @Override
        public long read(ByteBuffer[] to, int offset, int length) throws IOException {
            return read(super.read(to, offset, length));
        }

        @Override
        public long transferTo(long position, long count, FileChannel target) throws IOException {
            return read(super.transferTo(position, count, target));
        }

        @Override
        public long transferTo(long count, ByteBuffer through, StreamSinkChannel target)
                throws IOException {
            return read(super.transferTo(count, through, target));
        }

        @Override
        public boolean isReadShutdown() {
            return ClientConnection.this.isReadShutdown();
        }

        @Override
        public void terminateReads() throws IOException {
            if (halfEnded(readClosed())) {
                super.terminateReads();
            }
        }
    }

    private final class Sink extends AbstractStreamSinkConduit<StreamSinkConduit> {

        Sink(StreamSinkConduit next) {
            super(next);
        }

        @Override
        public boolean isWriteShutdown() {
            return ClientConnection.this.isWriteShutdown();
        }

        @Override
        public void terminateWrites() throws IOException {
            if (halfEnded(writeClosed())) {
                super.terminateWrites();
            }
        }

        @Override
        public void truncateWrites() throws IOException {
            if (halfEnded(writeClosed())) {
                super.truncateWrites();
            }
        }
    }
}
