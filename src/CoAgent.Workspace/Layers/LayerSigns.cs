using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>What the signs that a run has left say: what it was kept from, what it read, whether a layer changed what it did.</summary>
/// <remarks>
/// The network and the places outside the root tell by themselves. Writes elsewhere, sockets and signals are told by the trace; where there is
/// none, by what programs print when they are refused.
/// </remarks>
/// <param name="Refused">What it was kept from.</param>
/// <param name="Reads">What it read.</param>
/// <param name="NeedsCopy">Whether it did what only a copy of the tree can take.</param>
internal sealed record LayerSigns(RunRefusal? Refused, LayerReads Reads, bool NeedsCopy)
{
    private static readonly ImmutableArray<string> s_layerErrors =
        ["Invalid cross-device link", "EXDEV", "Value too large for defined data type", "EOVERFLOW"];

    private static readonly ImmutableArray<string> s_outsideErrors = ["Read-only file system", "EROFS"];

    // Who is who on a machine is asked for at these sockets by nearly every program, and answered by files where nobody listens.
    private static readonly ImmutableArray<string> s_nameServices =
        ["/var/run/nscd/", "/run/nscd/", "/run/systemd/userdb/", "/run/systemd/resolve/", "/var/lib/sss/pipes/", "/dev/log", "/run/systemd/journal/"];

    internal static LayerSigns Of(
        Layer layer, CommandRun run, ToolAnswer answer, CommandLine line, string root, bool isTraced, WorkspaceLimits limits)
    {
        var mark = isTraced ? MarkOf(layer.Area.Trace) : null;
        var refused = mark is { } from ? RefusedCalls.Read(layer.Area.Trace, from, line.Directory) : null;
        var renames = refused?.Renames.Where(path => LayerSupport.IsBelow(path, root)).ToArray() ?? [];
        var isMoved = renames.Length > 0 || run.Complained(answer, mark is null ? s_layerErrors : s_layerErrors[2..]);
        var needsCopy = !layer.IsCopy && (isMoved || LinkedFiles.IsWritten(layer.Area.Upper, root));
        var refusal = run.IsTooLarge || LayerSize.Of(layer) > limits.LayerBytesMax ? new RunRefusal(RefusalKind.Size, $"writes more than {limits.LayerBytesMax} bytes")
            : run.Report.TriedNetwork ? new RunRefusal(RefusalKind.Network, "uses the network")
            : Left(layer, run.Scratch) is { } left ? new RunRefusal(RefusalKind.Outside, $"writes outside the workspace ({left})")
            : isMoved && layer.IsCopy ? new RunRefusal(RefusalKind.Outside, "moves files between the workspace and what is outside of it")
            : refused is not null ? OfCalls(refused, root)
            : run.Complained(answer, s_outsideErrors) ? new RunRefusal(RefusalKind.Outside, "writes outside the workspace")
            : null;
        return new LayerSigns(refusal, ReadsOf(layer, line, root, mark, limits), needsCopy);
    }

    private static string? Left(Layer layer, string scratch) => layer.Places
        .Select((place, at) => OuterPlaces.FindLeft(layer.Area.UpperOf(at), place, scratch)).FirstOrDefault(static left => left is not null);

    private static RunRefusal? OfCalls(RefusedCalls refused, string root)
    {
        if (refused.Writes.FirstOrDefault(path => IsOutside(path, root)) is { } write)
        {
            return new RunRefusal(RefusalKind.Outside, $"writes outside the workspace ({write})");
        }

        if (refused.Sockets.FirstOrDefault(path => !LayerSupport.IsBelow(path, root)
            && !s_nameServices.Any(service => path.StartsWith(service, StringComparison.Ordinal))) is { } socket)
        {
            return new RunRefusal(RefusalKind.Outside, $"connects to a socket outside the workspace ({socket})");
        }

        return refused.Processes.FirstOrDefault(static id => Directory.Exists($"/proc/{id.ToString(CultureInfo.InvariantCulture)}")) is var process and not 0
            ? new RunRefusal(RefusalKind.Processes, $"sends a signal to a process that is not its own ({process})")
            : null;
    }

    // What it could not have written anyway, the layer has not kept it from. Settings of its own processes are nothing outside.
    private static bool IsOutside(string path, string root) =>
        !LayerSupport.IsBelow(path, root) && !OuterPlaces.IsThrownAway(path)
        && (!path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/proc/sys", StringComparison.Ordinal))
        && (IsWritable(path) || (FileKinds.Of(path) == FileKind.Absent && IsWritable(PathWalk.ParentOf(path))));

    private static bool IsWritable(string path) => SystemCalls.Access(path, SystemCalls.MayWrite) == 0;

    private static LayerReads ReadsOf(Layer layer, CommandLine line, string root, long? mark, WorkspaceLimits limits)
    {
        if (mark is not { } from)
        {
            return new LayerReads.Unseen("reads are not traced");
        }

        var trace = ReadTrace.Read(layer.Area.Trace, from, root, line.Directory, limits.TraceBytesMax);
        return trace.Gap is { } gap ? new LayerReads.Unseen(gap) : new LayerReads.Seen(trace.Reads);
    }

    // The trace begins with what puts up the walls; the last look before the command is one for a name of ours.
    private static long? MarkOf(string trace)
    {
        if (!File.Exists(trace))
        {
            return null;
        }

        using var stream = new FileStream(trace, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var head = new byte[1 << 20];
        var read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var at = head.AsSpan(0, read).IndexOf(Encoding.UTF8.GetBytes(LayerScript.Begins));
        return at < 0 ? null : at + head.AsSpan(at, read - at).IndexOf((byte)'\n') + 1;
    }
}
