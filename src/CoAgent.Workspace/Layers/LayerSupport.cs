using System.Collections.Immutable;
using System.Globalization;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace.Bash;

namespace CoAgent.Workspace.Layers;

/// <summary>How layers are made on this machine; found out once, by making one.</summary>
/// <param name="Unshare">The arguments of a command that has namespaces of its own.</param>
/// <param name="Drop">What lets go of the privileges that mounting took.</param>
/// <param name="Place">The folder for layers; in memory where there is such a place, where copying is ten times faster.</param>
internal sealed record LayerSupport(ImmutableArray<string> Unshare, ImmutableArray<string> Drop, string Place)
{
    private const string AreaPrefix = "coagent-overlay-";

    // What a superuser's programs need of its privileges to work with files; none of these reaches past a mount or another process.
    private const string Kept = "+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+sys_chroot,+setfcap,+audit_write";

    // From this version on a namespace has a highest process number of its own; before, it is the machine's and not ours to change.
    private static readonly Version s_ownProcessNumbers = new(6, 14);

    // Processes of other namespaces may share the place, and their numbers are of no use here.
    private static readonly Lazy<string> s_processes = new(static () =>
        string.Concat((new FileInfo("/proc/self/ns/pid").LinkTarget ?? "").Where(char.IsAsciiDigit)));

    private static int s_areas;

    /// <summary>The programs that layers are made of, each with the Debian package that it comes in.</summary>
    internal static ImmutableArray<(string Program, string Package)> Parts { get; } =
        [("bash", "bash"), ("setsid", "util-linux"), ("unshare", "util-linux"), ("setpriv", "util-linux"), ("mount", "mount")];

    /// <summary>The places outside the root that have layers of their own: what programs write there is taken and looked at.</summary>
    internal ImmutableArray<string> Places { get; init; } = [];

    /// <summary>Whether there are overlays; else a copy of the tree stands in for each layer.</summary>
    internal bool HasOverlays { get; init; } = true;

    /// <summary>Whether what a command reads, and what it was refused, can be traced.</summary>
    internal bool HasTrace { get; init; }

    /// <summary>The command that brings the loopback of a layer's network up; empty where there is none.</summary>
    internal string Loopback { get; init; } = "";

    /// <summary>Whether the number of processes is bounded by the kernel, for each layer.</summary>
    internal bool HasOwnProcessNumbers { get; init; } = Environment.OSVersion.Version >= s_ownProcessNumbers;

    /// <summary>As the superuser: files of all users keep their owners.</summary>
    internal static LayerSupport Privileged(string place) => WithParts(new(
        ["unshare", "--mount", "--propagation", "private", "--pid", "--ipc", "--fork", "--kill-child"],
        ["setpriv", "--no-new-privs", $"--bounding-set=-all,{Kept}", "--inh-caps=-all", "--ambient-caps=-all"],
        place));

    /// <summary>As a user: in a user namespace in which it is itself, so that what it makes is its own.</summary>
    internal static LayerSupport Unprivileged(string place) => WithParts(new(
        ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "--propagation", "private", "--pid", "--ipc", "--fork", "--kill-child"],
        ["setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"],
        place));

    /// <summary>How they are made here; null when they cannot be.</summary>
    internal static async Task<LayerSupport?> FindAsync() => (await LayerSurvey.FindAsync()).Support;

    /// <summary>The places that have layers when a command runs over a root.</summary>
    internal ImmutableArray<string> PlacesFor(string root) => HasOverlays ? [.. Places.Where(place => place != root && !IsBelow(place, root))] : [];

    /// <summary>The same, with copies put where they can share blocks with what they are made of.</summary>
    internal LayerSupport ForCopies(string root) =>
        Files.SystemCalls.IdentityOf(root).Device is var device && Files.SystemCalls.IdentityOf(Place).Device != device
        && Files.SystemCalls.IdentityOf(Path.GetTempPath()).Device == device
            ? this with { Place = Path.GetTempPath() }
            : this;

    /// <summary>Whether a path lies in a folder, or is it.</summary>
    internal static bool IsBelow(string path, string folder) =>
        path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>A new folder for one layer.</summary>
    internal string NewArea()
    {
        var name = $"{AreaPrefix}{s_processes.Value}-{Environment.ProcessId}-{Interlocked.Increment(ref s_areas).ToString(CultureInfo.InvariantCulture)}";
        var area = Directory.CreateDirectory(Path.Combine(Place, name)).FullName;
        Close(area);
        return area;
    }

    /// <summary>Removes a folder, whatever the modes in it.</summary>
    internal static void Remove(string area)
    {
        try
        {
            Directory.Delete(area, recursive: true);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException && Directory.Exists(area))
        {
            Open(area);
            RemoveByProgram(area);
        }
    }

    // A name that is no text cannot be given to .NET.
    private static void RemoveByProgram(string area)
    {
        using var process = System.Diagnostics.Process.Start("rm", ["-rf", "--", area]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException("A layer could not be removed.");
        }
    }

    /// <summary>Removes what a process that is gone has left; its number is in the name, beside that of the namespace that it is a number of.</summary>
    internal static void RemoveLeftOver(string place)
    {
        var ours = $"{AreaPrefix}{s_processes.Value}-";
        foreach (var area in Directory.EnumerateDirectories(place, ours + "*"))
        {
            var process = Path.GetFileName(area)[ours.Length..].Split('-')[0];
            try
            {
                if (!Directory.Exists("/proc/" + process))
                {
                    Remove(area);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Another user's, or another daemon removes it too.
            }
        }
    }

    private static LayerSupport WithParts(LayerSupport support) => support with
    {
        Places = OuterPlaces.Find(),
        HasTrace = Shell.IsInstalled(Tracing.Program),
        Loopback = Shell.IsInstalled("ip") ? "ip link set lo up" : Shell.IsInstalled("ifconfig") ? "ifconfig lo up" : "",
    };

    private static void Open(string directory)
    {
        Close(directory);
        foreach (var below in new DirectoryInfo(directory).EnumerateDirectories().Where(static below => below.LinkTarget is null))
        {
            Open(below.FullName);
        }
    }

    // Its owner's alone: what a command wrote is nobody else's business.
    private static void Close(string directory)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
