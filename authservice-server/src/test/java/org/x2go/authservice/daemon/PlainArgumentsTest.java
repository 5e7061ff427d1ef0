package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainArgumentsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-d -i -D --background-child",
                "--debug --debug-interactively --daemonize",
                "-s /a -o root -g broker -p 0660 -P /b -L /c",
                "--socket /a --socket-file=/b",
                "--socket-file=/a=b --owner root --group=broker --permissions 660 --pidfile /b --logdir=/c",
                "--allow-service a --allow-service=b --allow-uid 0 --allow-uid alice --allow-gid adm",
                "--pam-confdir /a --isolation thread --worker-socket /w --auth-log /log --metrics-file /m.prom",
                "--metrics-interval 5 --worker-max-requests=7 --worker-max-rss 300",
                "--workers 4 --workers 8 --max-attempts-per-user=3 --max-fail-delay 1 --request-timeout 30",
                "--max-queued-requests 10 --max-connections 20 --max-request-bytes 512 --max-unread-bytes 2000000",
                "--send-timeout 3 --idle-timeout 4 --shutdown-timeout 5",
            })
    void meansWhatTheParserMeans(String line) throws UsageException {
        String[] args = line.split(" ");

        GivenOptions plain = Objects.requireNonNull(PlainArguments.read(args));

        assertThat(plain.options()).isEqualTo(new CommandLineParser().parse(args));
    }

    @Test
    void takesNoArgumentsForNoOptions() throws UsageException {
        assertThat(Objects.requireNonNull(PlainArguments.read()).options()).isEqualTo(new CommandLineParser().parse());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-h",
                "--help",
                "--version",
                "--check-config",
                "--nonsense",
                "word",
                "--",
                "-di",
                "-p0660",
                "--sock /a",
                "--socket-file",
                "--socket-file --debug",
                "--socket-file=",
                "--debug=true",
                "-s=/a",
                "-d -d",
                "--workers x",
                "--workers -1",
                "--workers 08",
                "--workers 99999999999",
                "--allow-service \"a\""
            })
    void leavesToTheParserWhatIsNotPlain(String line) {
        assertThat(PlainArguments.read(line.split(" "))).isNull();
    }
}
