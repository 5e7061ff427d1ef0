package org.x2go.authservice.daemon.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name that an option has in the environment and in the file that is shared with the broker, where it is not {@code
 * X2GOBROKER_AUTHSERVICE_} and the option in capitals. A flag without one is a mode of the command and no setting.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface SettingName {
    /** The name. */
    String value();
}
