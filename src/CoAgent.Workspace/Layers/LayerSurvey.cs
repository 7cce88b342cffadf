using System.Collections.Immutable;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;

namespace CoAgent.Workspace.Layers;

/// <summary>What a machine has for layers, and what would make it better.</summary>
/// <param name="Support">How layers are made; null when commands cannot be tried here.</param>
/// <param name="Missing">Why it is not the best, in words for a person; empty when it is.</param>
/// <param name="Packages">The Debian packages that would help.</param>
internal sealed record LayerSurvey(LayerSupport? Support, string Missing, ImmutableArray<string> Packages)
{
    private const long PlaceBytesMin = 2L << 30;
    private static readonly Lazy<Task<LayerSurvey>> s_here = new(static () => Task.Run(MakeAsync));

    /// <summary>What this machine has.</summary>
    internal static Task<LayerSurvey> FindAsync() => s_here.Value;

    private static async Task<LayerSurvey> MakeAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            return new LayerSurvey(null, "there are no namespaces on this system", []);
        }

        var absent = LayerSupport.Parts.Where(static part => !Shell.IsInstalled(part.Program)).ToArray();
        if (absent.Length > 0)
        {
            return new LayerSurvey(
                null,
                $"{string.Join(", ", absent.Select(static part => part.Program))} not found",
                [.. absent.Select(static part => part.Package).Distinct(StringComparer.Ordinal)]);
        }

        var refused = "";
        foreach (var support in Candidates())
        {
            LayerSupport.RemoveLeftOver(support.Place);
            if (await TryAsync(support) is not { } why)
            {
                return Found(support);
            }

            refused = why;
        }

        return new LayerSurvey(null, $"namespaces and mounts in them are not allowed here: {refused}", []);
    }

    /// <summary>In a sentence, for <c>doctor</c>: how commands are run.</summary>
    public override string ToString() => Support switch
    {
        null => "commands cannot be run in a layer: where no rule knows one, it is held as unknown, or the whole workspace is captured before it runs",
        { HasOverlays: false } => $"commands run behind walls, each in a copy of the workspace, kept in {Support.Place}",
        _ => $"commands run behind walls, in a layer over the workspace, kept in {Support.Place}",
    };

    /// <summary>What a machine has that makes layers in a given way.</summary>
    internal static LayerSurvey Found(LayerSupport support) => support switch
    {
        { HasOverlays: false } => new LayerSurvey(support, "overlays are not allowed here: a copy of the tree stands in for each", []),
        { HasTrace: false } => new LayerSurvey(support, "strace not found or not allowed: what a command reads is not seen, and taken to be everything", ["strace"]),
        { Loopback: "" } => new LayerSurvey(support, "ip not found: a command has no loopback in its layer", ["iproute2"]),
        _ => new LayerSurvey(support, "", []),
    };

    // The best first.
    private static IEnumerable<LayerSupport> Candidates()
    {
        foreach (var place in Places())
        {
            var whole = Environment.IsPrivilegedProcess ? LayerSupport.Privileged(place) : LayerSupport.Unprivileged(place);
            LayerSupport[] fewer = [whole, whole with { HasTrace = false }, whole with { HasTrace = false, Places = [] }];
            foreach (var one in whole.HasTrace ? fewer : fewer[1..])
            {
                yield return one;
            }
        }

        var last = Places().Last();
        var copy = (Environment.IsPrivilegedProcess ? LayerSupport.Privileged(last) : LayerSupport.Unprivileged(last)) with { HasOverlays = false };
        yield return copy;
        yield return copy with { HasTrace = false };
    }

    private static IEnumerable<string> Places()
    {
        const string Memory = "/dev/shm";
        if (Directory.Exists(Memory) && new DriveInfo(Memory) is { DriveFormat: "tmpfs", AvailableFreeSpace: >= PlaceBytesMin })
        {
            yield return Memory;
        }

        yield return Path.TrimEndingDirectorySeparator(Path.GetTempPath());
    }

    /// <summary>Makes a layer and looks whether it tells what was done; null when it does, else why not.</summary>
    internal static async Task<string?> TryAsync(LayerSupport support)
    {
        var tree = Directory.CreateTempSubdirectory("coagent-probe-").FullName;
        try
        {
            Directory.CreateDirectory(tree + "/d");
            await File.WriteAllTextAsync(tree + "/d/x", "");
            await File.WriteAllTextAsync(tree + "/a", "");
            var line = new CommandLine("read -r _ < d/x; rm -r d a && mkdir d && printf y > d/y", tree, TimeSpan.FromSeconds(30));
            var layers = new CommandLayers(support, tree, WorkspaceLimits.Default, TimeProvider.System);
            using var run = await layers.RunAsync(line, new LayerOptions { TracesReads = support.HasTrace }, CancellationToken.None);
            if (run is not { Answer.IsError: false })
            {
                return layers.Fault ?? run?.Answer.Text.ReplaceLineEndings(" ") ?? "";
            }

            var changes = run.ReadChanges(CancellationToken.None).ToDictionary(change => change.Path[tree.Length..], static change => change.State.Kind);
            var isTold = changes.Count == 3 && changes.GetValueOrDefault("/a", Files.FileKind.File) == Files.FileKind.Absent
                && changes.GetValueOrDefault("/d/y") == Files.FileKind.File && File.Exists(tree + "/a");
            return !isTold ? "a layer does not tell what was done in it"
                : support.HasTrace && run.Reads is not LayerReads.Seen { Reads.IsEmpty: false } ? "strace does not show what is read"
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotCapturableException
            or System.ComponentModel.Win32Exception)
        {
            return failure.Message;
        }
        finally
        {
            Directory.Delete(tree, recursive: true);
        }
    }
}
