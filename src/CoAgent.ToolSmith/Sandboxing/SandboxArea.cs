namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>The folders of one command in a sandbox; out of its own sight, but for the trial folder.</summary>
internal sealed class SandboxArea
{
    private SandboxArea(string root, string place, string? home)
    {
        Root = root;
        Base = Path.Combine(place, "base");
        HomeLayer = Path.Combine(place, "home");
        Trace = Path.Combine(place, "trace");
        Ready = Path.Combine(place, "home/ready");
        Home = home;
    }

    /// <summary>The trial folder.</summary>
    internal string Root { get; }

    /// <summary>Where its root directory is put together.</summary>
    internal string Base { get; }

    /// <summary>The home directory, by its canonical path; null where there is none.</summary>
    internal string? Home { get; }

    /// <summary>What takes the writes into <see cref="Home"/>.</summary>
    internal string HomeLayer { get; }

    /// <summary>The file of what it looked at.</summary>
    internal string Trace { get; }

    /// <summary>The file that says that the walls stand, by not being empty.</summary>
    internal string Ready { get; }

    /// <summary>Makes the folders.</summary>
    /// <param name="root">The trial folder.</param>
    /// <param name="place">A folder that is not there yet.</param>
    internal static SandboxArea Create(string root, string place)
    {
        var area = new SandboxArea(root, place, FindHome());
        Directory.CreateDirectory(area.Base);
        Directory.CreateDirectory(area.HomeLayer + "/upper");
        Directory.CreateDirectory(area.HomeLayer + "/work");
        return area;
    }

    /// <summary>What was written into the home directory, by full path; what was removed there as well.</summary>
    internal IEnumerable<string> HomeWrites() => Home is null || !Directory.Exists(HomeLayer + "/upper")
        ? []
        : Directory.EnumerateFiles(HomeLayer + "/upper", "*", SearchOption.AllDirectories)
            .Select(path => Home + path[(HomeLayer.Length + "/upper".Length)..]);

    private static string? FindHome()
    {
        var home = Environment.GetEnvironmentVariable("HOME");
        return home is { Length: > 1 } && home[0] == '/' && Directory.Exists(home)
            ? Directory.ResolveLinkTarget(home, returnFinalTarget: true)?.FullName
                ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(home))
            : null;
    }
}
