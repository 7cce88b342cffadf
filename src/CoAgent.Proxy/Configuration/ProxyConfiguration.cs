using System.Collections.Immutable;

namespace CoAgent.Proxy.Configuration;

/// <summary>One immutable snapshot of what <c>mcp.json</c> says.</summary>
/// <param name="File">The file's full path.</param>
/// <param name="Directory">The folder of the file, against which its relative paths were resolved.</param>
/// <param name="Servers">The servers in use, in the order of the file.</param>
/// <param name="Disabled">The names of the servers that the file turns off, in the order of the file.</param>
/// <param name="Options">What the <c>coagent</c> member says.</param>
public sealed record ProxyConfiguration(
    string File,
    string Directory,
    ImmutableArray<ServerDefinition> Servers,
    ImmutableArray<string> Disabled,
    ProxyOptions Options)
{
    /// <summary>Compares what the two say, element by element, so that a reload sees whether anything changed.</summary>
    public bool Equals(ProxyConfiguration? other) =>
        other is not null
        && File == other.File
        && Directory == other.Directory
        && Servers.SequenceEqual(other.Servers)
        && Disabled.SequenceEqual(other.Disabled)
        && Options == other.Options;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(File, Servers.Length, Disabled.Length, Options);

    /// <inheritdoc/>
    public override string ToString() => $"{File} ({string.Join(", ", Servers)})";
}
