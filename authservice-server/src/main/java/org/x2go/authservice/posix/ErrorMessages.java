package org.x2go.authservice.posix;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Messages of exceptions for administrators, without class names. */
public final class ErrorMessages {
    private ErrorMessages() {}

    /** A failure's reason and its file, for exceptions of the JDK. */
    public static String textWithFile(Throwable failure) {
        return failure instanceof FileSystemException e && e.getFile() != null
                ? e.getFile() + ": " + text(failure)
                : text(failure);
    }

    /** A failure's reason; the caller names the file. */
    public static String text(Throwable failure) {
        if (failure instanceof NoSuchFileException) {
            return "there is no such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileSystemException e && e.getReason() != null) {
            return e.getReason();
        }
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
