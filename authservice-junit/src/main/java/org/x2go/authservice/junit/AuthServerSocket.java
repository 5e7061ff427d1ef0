package org.x2go.authservice.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a parameter of a test, or of its lifecycle method or constructor, for the path of an {@link
 * AuthServerExtension}'s socket. The parameter is a {@link java.nio.file.Path} or a {@link String}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface AuthServerSocket {}
