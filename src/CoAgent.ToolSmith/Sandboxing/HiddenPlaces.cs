using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>Places of the machine that a sandbox does not show.</summary>
internal static class HiddenPlaces
{
    private static readonly ImmutableArray<string> s_places = ["/tmp", "/var/tmp", "/run", "/dev/shm"];

    /// <summary>The folders of what a command names in such places: a program that lies there has to be seen to be run.</summary>
    /// <param name="arguments">The program and its arguments.</param>
    /// <param name="root">The trial folder, which is seen anyway.</param>
    internal static IEnumerable<string> Of(ImmutableArray<string> arguments, string root) => arguments
        .Where(argument => Path.IsPathFullyQualified(argument) && !argument.StartsWith(root, StringComparison.Ordinal))
        .Select(static argument => Directory.Exists(argument) ? argument : File.Exists(argument) ? Path.GetDirectoryName(argument)! : "")
        .Where(static folder => s_places.Any(place => folder.StartsWith(place + "/", StringComparison.Ordinal)))
        .Distinct(StringComparer.Ordinal);
}
