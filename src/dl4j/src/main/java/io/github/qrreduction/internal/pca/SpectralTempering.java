package io.github.qrreduction.internal.pca;

/**
 * How far to whiten k principal components, from the eigenvalues alone: each component is scaled by
 * {@code eigenvalue^(-gamma / 2)}, with gamma between 0 (none) and 1 (whitening). The rule is that of <i>Spectral
 * Tempering</i> (2026, arXiv 2603.19339):
 *
 * <pre>
 * noise = mean of the last tenth of the d eigenvalues
 * snr_k = max(0, lambda_k / noise - 1)
 * knee  = Kneedle (convex, decreasing, S = 0.5) over snr_1 .. snr_(0.9 d)
 * gamma = min(1, snr_k / snr_knee)
 * </pre>
 *
 * <p>Kneedle (Satopaa, Albrecht, Irwin, Raghavan 2011, <i>Finding a "kneedle" in a haystack</i>) scales both axes to
 * 0..1, turns the curve over, and takes the first peak of its height above the diagonal from which the height falls
 * below the peak's by S mean steps; where none does, the highest peak serves here. Since the quotient of two snr is one
 * of differences, {@code (lambda_k - noise) / (lambda_knee - noise)}, noise may be 0.
 *
 * <p>The noise needs the tail of the spectrum. Where only the largest eigenvalues are known, they must be nine tenths
 * of all; the mean of the rest then follows from the trace.
 */
public final class SpectralTempering {
    private static final double SENSITIVITY = 0.5;

    private final double[] values;
    private final double noise;
    private final int knee;

    private SpectralTempering(double[] values, double noise, int knee) {
        this.values = values;
        this.noise = noise;
        this.knee = knee;
    }

    /** How many of d eigenvalues, d at least 2, must be known: all but the last tenth, whose sum the trace gives. */
    public static int eigenvaluesNeeded(int d) {
        return d - Math.max(1, d / 10);
    }

    /**
     * Looks for the noise and the knee.
     *
     * @param eigenvalues falling, none negative: the largest of d; not modified
     * @param d number of all eigenvalues, at least 2
     * @param trace their sum
     * @return what gamma depends on
     * @throws IllegalArgumentException if fewer than nine tenths of the eigenvalues are known
     */
    public static SpectralTempering of(double[] eigenvalues, int d, double trace) {
        int head = eigenvaluesNeeded(d);
        int tail = d - head;
        if (eigenvalues.length < head) {
            throw new IllegalArgumentException(
                    "expected the largest " + head + " of " + d + " eigenvalues, got " + eigenvalues.length);
        }
        double sum = 0;
        if (eigenvalues.length >= d) {
            for (int i = head; i < d; i++) {
                sum += eigenvalues[i];
            }
        } else {
            sum = trace;
            for (int i = 0; i < head; i++) {
                sum -= eigenvalues[i];
            }
        }
        double noise = Math.max(0, sum / tail);
        double[] copy = eigenvalues.clone();
        return new SpectralTempering(copy, noise, knee(copy, Math.max(1, (int) (0.9 * d)), noise));
    }

    /** The mean of the last tenth of the eigenvalues. */
    public double noise() {
        return noise;
    }

    /** The number of components at the knee, from 1. */
    public int knee() {
        return knee + 1;
    }

    /**
     * The automatic gamma.
     *
     * @param k number of components, 1 up to the number of known eigenvalues
     * @return in [0, 1]; 0 where the spectrum is flat
     */
    public double gamma(int k) {
        double signal = Math.max(0, values[k - 1] - noise);
        double atKnee = Math.max(0, values[knee] - noise);
        if (atKnee > 0) {
            return Math.min(1, signal / atKnee);
        }
        return signal > 0 ? 1 : 0;
    }

    private static int knee(double[] values, int count, double noise) {
        double[] signal = new double[count];
        for (int i = 0; i < count; i++) {
            signal[i] = Math.max(0, values[i] - noise);
        }
        double range = signal[0] - signal[count - 1];
        if (count < 3 || !(range > 0)) {
            return 0;
        }
        double[] height = new double[count];
        for (int i = 0; i < count; i++) {
            height[i] = (signal[0] - signal[i]) / range - i / (double) (count - 1);
        }
        return firstKnee(height);
    }

    /** The paper's section 3: a threshold at each peak, reset to 0 at each valley. */
    private static int firstKnee(double[] height) {
        int last = height.length - 1;
        double fall = SENSITIVITY / last;
        int peak = -1;
        int highest = 0;
        double threshold = 0;
        for (int i = 0; i < last; i++) {
            double before = height[Math.max(0, i - 1)];
            if (height[i] >= before && height[i] >= height[i + 1]) {
                peak = i;
                threshold = height[i] - fall;
                highest = height[i] > height[highest] ? i : highest;
            }
            if (height[i] <= before && height[i] <= height[i + 1]) {
                threshold = 0;
            }
            if (peak >= 0 && height[i + 1] < threshold) {
                return peak;
            }
        }
        return highest;
    }
}
