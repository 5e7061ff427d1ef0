package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.jna.NativeLibrary;
import org.junit.jupiter.api.Test;

class LibPamTest {
    @Test
    void missingLibraryNamesThePackage() {
        assertThatExceptionOfType(PamUnavailableException.class)
                .isThrownBy(() -> LibPam.load("libpam-missing.so.0"))
                .withMessageContainingAll("cannot load libpam-missing.so.0", "libpam0g");
    }

    @Test
    void oldLibraryRefusesAServiceDirectory() {
        // Any library without the function stands in for an old libpam.
        assertThatExceptionOfType(PamUnavailableException.class)
                .isThrownBy(() -> LibPamConfdir.register(NativeLibrary.getInstance("libm.so.6")))
                .withMessageContainingAll("Linux-PAM 1.4", "pam_start_confdir");
    }
}
