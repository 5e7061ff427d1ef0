package org.x2go.authservice.client.cli;

import picocli.CommandLine.IVersionProvider;

/** Tells the version that the jar was built with. */
final class ManifestVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = ManifestVersion.class.getPackage().getImplementationVersion();
        return new String[] {"authservice " + (version == null ? "(not packaged)" : version)};
    }
}
