using System.Collections.Immutable;
using System.Text;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace;

/// <summary>The one directory that the workspace server works in, and the gate that every path passes.</summary>
/// <remarks>
/// A path is walked name by name, links resolved, and must end inside the root; <c>.coagent</c> is refused on every step. What is promised: a
/// path that leads outside, by any spelling or link that exists when the call looks, is refused before anything is opened. What is not: that
/// another process cannot swap a directory for a link between the look and the use. The gate keeps agents from straying; it is no sandbox
/// against a program that races it on purpose, which <c>bash</c> could start and which needs no race to write elsewhere.
/// </remarks>
public sealed class WorkspaceRoot
{
    private const int PathBytesMax = 4096;

    /// <summary>Takes an existing directory, by any spelling, as the root.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public WorkspaceRoot(string directory)
    {
        var full = System.IO.Path.GetFullPath(directory);
        var walked = PathWalk.Follow(LiveFiles.Instance, "/", full, followLast: true, static _ => { });
        if (walked.Kind != FileKind.Directory)
        {
            throw new DirectoryNotFoundException($"The workspace root {full} is not a directory; create it or change \"root\".");
        }

        Path = walked.Absolute;
        Files = LiveFiles.Instance;
    }

    private WorkspaceRoot(string path, IFileView files)
    {
        Path = path;
        Files = files;
    }

    /// <summary>The canonical path of the root.</summary>
    public string Path { get; }

    /// <summary>What is looked at when a path is resolved: the tree as it is, unless told otherwise.</summary>
    internal IFileView Files { get; }

    /// <summary>The same root in another view of the tree.</summary>
    internal WorkspaceRoot In(IFileView files) => new(Path, files);

    /// <summary>Resolves a path to what its content is: the last name, too, is followed when it is a link.</summary>
    internal WorkspacePath Resolve(string given) => Walk(given, followLast: true);

    /// <summary>Resolves a path to the entry itself: a link as the last name is not followed.</summary>
    internal WorkspacePath ResolveEntry(string given) => Walk(given, followLast: false);

    /// <summary>The same for an entry that is to lose its name, which the root itself cannot.</summary>
    internal WorkspacePath ResolveMovableEntry(string given)
    {
        var entry = ResolveEntry(given);
        return entry.Absolute != Path
            ? entry
            : throw new CallRefusedException("The workspace root itself cannot be moved or deleted; name what is in it.");
    }

    internal bool Holds(string absolute) =>
        Path == "/" || absolute == Path || (absolute.StartsWith(Path, StringComparison.Ordinal) && absolute[Path.Length] == '/');

    private WorkspacePath Walk(string given, bool followLast)
    {
        RequireUsable(given);
        var walked = PathWalk.Follow(Files, Path, given, followLast, step => RequireUnreserved(step, given));
        return Holds(walked.Absolute)
            ? new WorkspacePath(given, walked.Absolute, walked.Kind, [.. walked.Links.Where(Holds)])
            : throw new CallRefusedException($"{given} is outside the workspace; paths are relative to its root and stay inside it.");
    }

    private static void RequireUsable(string given)
    {
        if (given.Length == 0)
        {
            throw new CallRefusedException("A path is empty; '.' names the workspace root.");
        }

        if (given.Contains('\0'))
        {
            throw new CallRefusedException("A path holds a NUL character, which no file name can hold.");
        }

        if (Encoding.UTF8.GetByteCount(given) > PathBytesMax)
        {
            throw new CallRefusedException($"A path is longer than {PathBytesMax} bytes.");
        }
    }

    private void RequireUnreserved(string step, string given)
    {
        if (Holds(step) && step.Length > Path.Length && ReservedNames.IsReserved(System.IO.Path.GetFileName(step.AsSpan())))
        {
            throw new CallRefusedException($"{given} is out of reach: {ReservedNames.State} belongs to CoAgent itself.");
        }
    }
}

/// <summary>A path that has passed the gate.</summary>
/// <param name="Given">As the agent wrote it; what answers show.</param>
/// <param name="Absolute">Its canonical form; what is opened and what object ids are made of.</param>
/// <param name="Kind">What was there when it was resolved.</param>
/// <param name="Links">The links inside the root that were followed.</param>
internal sealed record WorkspacePath(string Given, string Absolute, FileKind Kind, ImmutableArray<string> Links)
{
    internal string Parent => PathWalk.ParentOf(Absolute);
}
