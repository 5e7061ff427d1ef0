package org.x2go.authservice.junit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.junit.AuthServerExtension.Request;
import org.x2go.authservice.junit.isolation.Answers;

/** The answers of a test's server: scripted replies first, then an outage, then the accounts. Thread-safe. */
final class Script implements Answers {
    /** The password is compared as the bytes that it is on the wire. */
    private record Account(String user, ByteBuffer password, String service) {}

    private final Set<Account> declared = new HashSet<>();
    private final Set<Account> accounts = new HashSet<>();
    private final Queue<Reply> next = new ArrayDeque<>();
    private final List<Request> requests = new ArrayList<>();
    private Duration duration = Duration.ZERO;
    private boolean outage;

    synchronized void add(String user, String password, String service) {
        accounts.add(new Account(user, UTF_8.encode(password).asReadOnlyBuffer(), service));
    }

    synchronized void answerNext(Collection<Reply> replies) {
        next.addAll(replies);
    }

    synchronized void duration(Duration time) {
        duration = time;
    }

    synchronized void outage() {
        outage = true;
    }

    synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    /** The services that must be allowed. */
    synchronized Set<String> services() {
        Set<String> services = new TreeSet<>(Set.of(ServicePolicy.DEFAULT_SERVICE));
        accounts.forEach(account -> services.add(account.service()));
        return services;
    }

    /** Makes the present accounts those that {@link #reset} restores. */
    synchronized void keepAccounts() {
        declared.addAll(accounts);
    }

    /** Restores the declared state. */
    synchronized void reset() {
        accounts.clear();
        accounts.addAll(declared);
        next.clear();
        requests.clear();
        duration = Duration.ZERO;
        outage = false;
    }

    @Override
    public Reply answer(String user, ByteBuffer password, String service) throws InterruptedException {
        Reply reply;
        Duration time;
        synchronized (this) {
            requests.add(new Request(user, service));
            reply = reply(new Account(user, password, service));
            time = duration;
        }
        Thread.sleep(time.toMillis());
        return reply;
    }

    private Reply reply(Account asked) {
        Reply scripted = next.poll();
        if (scripted != null) {
            return scripted;
        }
        if (outage) {
            return Reply.error();
        }
        return accounts.contains(asked) ? Reply.ok() : Reply.fail();
    }
}
