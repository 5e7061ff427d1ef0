package org.x2go.authservice.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a parameter of a test, or of a method or constructor that JUnit calls for it, that is given the path of an {@link
 * AuthServerExtension}'s socket, as a {@link java.nio.file.Path} or a {@link String}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface AuthServerSocket {}
