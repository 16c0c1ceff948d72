package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class CovarianceMemoryTest {

    @Test
    void aCovarianceLargerThanTheMachineIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CovarianceMemory.require(20_000, 4_000_000_000L))
                .withMessage("expected a covariance of at most 4.0 GB, which this machine has, got one of nIn = 20000"
                        + " columns, which takes 6.4 GB in float64 with the copy that is decomposed. Use fewer"
                        + " columns, for example after a random QRReductionLayer, or train a QRReconstructionLayer with"
                        + " Orthonormality.RETRACTION, which finds the same subspace in O(nIn nOut) memory");
        CovarianceMemory.require(15_000, 4_000_000_000L);
    }
}
