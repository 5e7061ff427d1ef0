package org.x2go.authservice.posix;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says what went wrong, without the names of classes. */
public final class ErrorMessages {
    private ErrorMessages() {}

    /** A failure's reason with the file it was about, for failures that nobody has put into words before. */
    public static String textWithFile(Throwable failure) {
        return failure instanceof FileSystemException e && e.getFile() != null
                ? e.getFile() + ": " + text(failure)
                : text(failure);
    }

    /** A failure's reason, for an admin; which file it was about is left to the caller. */
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
