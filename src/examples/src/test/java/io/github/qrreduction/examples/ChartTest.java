package io.github.qrreduction.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** The pictures themselves are in the notebooks; here, that each says something. */
class ChartTest {

    private static final int COLOURS_OF_A_PICTURE_THAT_SHOWS_SOMETHING = 20;

    @Test
    void linesAreDrawnInColoursOfTheirOwn() {
        Chart one = new Chart("title", "x", "y").line("a", 1, 2, 3);
        Chart two =
                new Chart("title", "x", "y").line("a", 1, 2, 3).dashed("b", new double[] {1, 3}, new double[] {2, 2});

        assertThat(colours(one.image())).isGreaterThan(COLOURS_OF_A_PICTURE_THAT_SHOWS_SOMETHING);
        assertThat(two.image().getWidth()).isEqualTo(760);
        assertThat(pixels(two.image())).isNotEqualTo(pixels(one.image()));
    }

    @Test
    void chartsStandSideBySide() {
        Chart left = new Chart("left", "x", "y", 300, 200).digits(new double[][] {{0, 0}, {1, 1}}, 3, 7);
        Chart right = new Chart("right", "x", "y", 400, 200)
                .texts(new double[][] {{0, 0}, {0, 0.001}, {1, 1}}, List.of("one", "two", "three"), new int[] {0, 0, 1
                });

        BufferedImage both = Chart.beside(left, right);

        assertThat(both.getWidth()).isEqualTo(700);
        assertThat(both.getHeight()).isEqualTo(200);
        assertThat(colours(both)).isGreaterThan(COLOURS_OF_A_PICTURE_THAT_SHOWS_SOMETHING);
    }

    @Test
    void digitsStandInLinesAndSignsHaveColours() {
        BufferedImage ink = new DigitPictures()
                .line("two", Digits.load().test().getFeatures().getRows(0, 1))
                .line("one", Digits.load().test().getFeatures().getRows(2))
                .image();
        BufferedImage signs = new DigitPictures()
                .signed()
                .line("signs", Nd4j.linspace(-1, 1, 64).reshape(1, 64))
                .image();

        assertThat(ink.getHeight()).isEqualTo(2 * signs.getHeight());
        assertThat(ink.getWidth()).isGreaterThan(signs.getWidth());
        assertThat(Arrays.stream(pixels(signs)).boxed()).contains(0xffff0000, 0xff0000ff);
    }

    @Test
    void aCurveOfLossesHasTheMeansAndIsDrawnLive() {
        List<BufferedImage> drawn = new ArrayList<>();
        LossCurve curve = new LossCurve("loss", 2).drawnBy(drawn::add);
        BufferedImage empty = curve.image();

        for (double loss : new double[] {4, 2, 2, 1, 9}) {
            curve.add(loss);
        }

        assertThat(curve.means()).containsExactly(3, 1.5);
        assertThat(pixels(curve.image())).isNotEqualTo(pixels(empty));
        assertThat(drawn).as("pictures in a moment").hasSizeLessThan(2);
    }

    private static long colours(BufferedImage image) {
        return Arrays.stream(pixels(image)).distinct().count();
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
}
