using System.Collections.Immutable;
using System.Globalization;
using CoAgent.Workspace.Captures;

namespace CoAgent.Workspace.Bash;

/// <summary>How overlays are made on this machine; found out once, by making one.</summary>
/// <param name="Unshare">The arguments of a command that has namespaces of its own.</param>
/// <param name="Drop">What lets go of the privileges that mounting took.</param>
/// <param name="Place">The folder for layers; in memory where there is such a place, where copying is ten times faster.</param>
internal sealed record OverlaySupport(ImmutableArray<string> Unshare, ImmutableArray<string> Drop, string Place)
{
    private const string AreaPrefix = "coagent-overlay-";
    private const long PlaceBytesMin = 1L << 30;
    private static readonly Lazy<Task<OverlaySupport?>> Probed = new(static () => Task.Run(ProbeAsync));
    private static int _areas;

    /// <summary>As the superuser: files of all users keep their owners.</summary>
    internal static OverlaySupport Privileged(string place) => new(["unshare", "-m", "--propagation", "private"], [], place);

    /// <summary>As a user: in a user namespace in which it is itself, so that what it makes is its own.</summary>
    internal static OverlaySupport Unprivileged(string place) => new(
        ["unshare", "-U", "-c", "--keep-caps", "-m", "--propagation", "private"],
        ["setpriv", "--ambient-caps=-all", "--inh-caps=-all"],
        place);

    /// <summary>How they are made here; null when they cannot be.</summary>
    internal static Task<OverlaySupport?> FindAsync() => Probed.Value;

    /// <summary>A new folder for one layer.</summary>
    internal string NewArea()
    {
        var name = $"{AreaPrefix}{Environment.ProcessId}-{Interlocked.Increment(ref _areas).ToString(CultureInfo.InvariantCulture)}";
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
        catch (UnauthorizedAccessException)
        {
            Open(area);
            Directory.Delete(area, recursive: true);
        }
    }

    private static async Task<OverlaySupport?> ProbeAsync()
    {
        if (!OperatingSystem.IsLinux() || !Shell.IsAvailable || !Shell.CanLeaveSession
            || !Shell.IsInstalled("unshare") || !Shell.IsInstalled("mount"))
        {
            return null;
        }

        foreach (var place in Places())
        {
            RemoveLeftOver(place);
            var support = Environment.IsPrivilegedProcess ? Privileged(place) : Unprivileged(place);
            if (await support.WorksAsync())
            {
                return support;
            }
        }

        return null;
    }

    /// <summary>Makes one and looks whether it tells what was done.</summary>
    internal async Task<bool> WorksAsync()
    {
        var tree = Directory.CreateTempSubdirectory("coagent-probe-").FullName;
        try
        {
            Directory.CreateDirectory(tree + "/d");
            await File.WriteAllTextAsync(tree + "/d/x", "");
            await File.WriteAllTextAsync(tree + "/a", "");
            using var overlay = Overlay.TryCreate(this, tree);
            var line = new CommandLine("rm -r d a && mkdir d && printf y > d/y", tree, TimeSpan.FromSeconds(30));
            var answer = overlay is null ? null : await new CommandRun(line, WorkspaceLimits.Default, TimeProvider.System, overlay).RunAsync(CancellationToken.None);
            if (answer is not { IsError: false } || !overlay!.WasReady)
            {
                return false;
            }

            var changes = new UpperLayer(overlay.Upper, tree, int.MaxValue).Read(CancellationToken.None)
                .ToDictionary(change => change.Path[tree.Length..], static change => change.State.Kind);
            return changes.Count == 3 && changes["/a"] == Files.FileKind.Absent && changes["/d/x"] == Files.FileKind.Absent
                && changes["/d/y"] == Files.FileKind.File && File.Exists(tree + "/a");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotCapturableException
            or System.ComponentModel.Win32Exception or KeyNotFoundException)
        {
            return false;
        }
        finally
        {
            Directory.Delete(tree, recursive: true);
        }
    }

    private static IEnumerable<string> Places()
    {
        const string Memory = "/dev/shm";
        if (Directory.Exists(Memory) && new DriveInfo(Memory) is { DriveFormat: "tmpfs", AvailableFreeSpace: >= PlaceBytesMin })
        {
            yield return Memory;
        }

        yield return Path.GetTempPath();
    }

    // What a process that is gone has left; its number is in the name.
    private static void RemoveLeftOver(string place)
    {
        foreach (var area in Directory.EnumerateDirectories(place, AreaPrefix + "*"))
        {
            var process = Path.GetFileName(area)[AreaPrefix.Length..].Split('-')[0];
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
