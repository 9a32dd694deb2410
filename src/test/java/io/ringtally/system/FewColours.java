package io.ringtally.system;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Pictures of a page, with as many colours as a byte has: a third of the size. */
final class FewColours {

    private static final int COLOURS_MAX = 256;

    private FewColours() {
    }

    /**
     * The same picture in its most frequent colours. Those that differ by less than eight in red,
     * green and blue count as one; what is left out becomes the one closest to it.
     */
    static byte[] png(byte[] png) throws IOException {
        BufferedImage full = ImageIO.read(new ByteArrayInputStream(png));
        int width = full.getWidth();
        int[] pixels = full.getRGB(0, 0, width, full.getHeight(), null, 0, width);
        Map<Integer, Integer> frequency = new HashMap<>();
        for (int pixel : pixels) {
            frequency.merge(pixel & 0xffffff, 1, Integer::sum);
        }
        int[] palette = paletteOf(frequency);
        Map<Integer, Integer> closest = new HashMap<>();
        frequency.keySet().forEach(colour -> closest.put(colour, closestOf(palette, colour)));
        BufferedImage small = new BufferedImage(width, full.getHeight(),
                BufferedImage.TYPE_BYTE_INDEXED,
                new IndexColorModel(8, palette.length, palette, 0, false, -1, 0));
        byte[] indexed = new byte[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            indexed[i] = closest.get(pixels[i] & 0xffffff).byteValue();
        }
        small.getRaster().setDataElements(0, 0, width, full.getHeight(), indexed);
        return written(small);
    }

    private static int[] paletteOf(Map<Integer, Integer> frequency) {
        Comparator<Map.Entry<Integer, Integer>> byFrequency =
                Map.Entry.<Integer, Integer>comparingByValue().reversed()
                        .thenComparing(Map.Entry.comparingByKey());
        List<Integer> colours = frequency.entrySet().stream().sorted(byFrequency)
                .map(Map.Entry::getKey).toList();
        Map<Integer, Integer> pixelsOf = new HashMap<>();
        Map<Integer, Integer> nameOf = new HashMap<>();
        for (int colour : colours) {
            int like = colour & 0xf8f8f8;
            nameOf.putIfAbsent(like, colour);
            pixelsOf.merge(like, frequency.get(colour), Integer::sum);
        }
        return pixelsOf.entrySet().stream().sorted(byFrequency).limit(COLOURS_MAX)
                .mapToInt(like -> nameOf.get(like.getKey())).toArray();
    }

    private static int closestOf(int[] palette, int colour) {
        int closest = 0;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < palette.length; i++) {
            int distance = 0;
            for (int shift = 0; shift <= 16; shift += 8) {
                int apart = (palette[i] >> shift & 0xff) - (colour >> shift & 0xff);
                distance += apart * apart;
            }
            if (distance < least) {
                least = distance;
                closest = i;
            }
        }
        return closest;
    }

    private static byte[] written(BufferedImage image) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam smallest = writer.getDefaultWriteParam();
            smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            smallest.setCompressionQuality(0);
            writer.write(null, new IIOImage(image, null, null), smallest);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
