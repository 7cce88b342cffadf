using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Foreign;

/// <summary>What one call of a file tool would touch and leave now.</summary>
/// <param name="Reads">Object id patterns.</param>
/// <param name="Writes">The same, for what it changes.</param>
internal sealed record FileToolCall(IReadOnlyCollection<string> Reads, IReadOnlyCollection<string> Writes)
{
    /// <summary>What it leaves, by canonical path; nothing when it fails.</summary>
    internal IReadOnlyDictionary<string, Expectation> Then { get; init; } = Tools.WorkspaceTool.Nothing;

    /// <summary>Whether the answer holds nothing but state, so that it can be compared.</summary>
    internal bool CanReread { get; init; } = true;

    /// <summary>The call of a tool; null when there is no such tool, or its arguments are not what it takes.</summary>
    internal static FileToolCall? Bind(FilesystemServer server, string tool, JsonElement arguments) => tool switch
    {
        "list_allowed_directories" => new FileToolCall([], []),
        "read_file" or "read_text_file" or "read_media_file" => Read(Path(server, arguments, "path"), static path => [ObjectIds.Node(path)]),
        "get_file_info" => Read(Path(server, arguments, "path"), static path => [ObjectIds.Node(path)]) with { CanReread = false },
        "read_multiple_files" => ReadAll(server, arguments),
        "list_directory" => Read(Path(server, arguments, "path"), static path => [ObjectIds.Node(path), ObjectIds.Listing(path)]),
        // Sizes are content; a tree and a search look at all listings.
        "list_directory_with_sizes" or "directory_tree" or "search_files" =>
            Read(Path(server, arguments, "path"), static path => [ObjectIds.Subtree(path)]),
        "write_file" => Write(Path(server, arguments, "path"), Text(arguments, "content")),
        "edit_file" => Edit(Path(server, arguments, "path"), arguments),
        "create_directory" => CreateDirectory(Path(server, arguments, "path")),
        "move_file" => Move(Path(server, arguments, "source"), Path(server, arguments, "destination")),
        _ => null,
    };

    private static FileToolCall Read(WalkedPath? path, Func<string, string[]> own) =>
        path is { } found ? new FileToolCall([.. own(found.Absolute), .. Way(found)], []) : new FileToolCall([], []);

    private static FileToolCall ReadAll(FilesystemServer server, JsonElement arguments)
    {
        var paths = Member(arguments, "paths") is { ValueKind: JsonValueKind.Array } given
            ? given.EnumerateArray().Where(static path => path.ValueKind == JsonValueKind.String)
                .Select(path => server.Resolve(path.GetString()!)).OfType<WalkedPath>().ToList()
            : [];
        return new FileToolCall([.. paths.SelectMany(static path => Way(path).Append(ObjectIds.Node(path.Absolute)))], []);
    }

    // A new file is written in place; an existing one is replaced.
    private static FileToolCall Write(WalkedPath? path, string? content)
    {
        if (path is not { } file || content is null)
        {
            return new FileToolCall([], []);
        }

        var isNew = file.Kind == FileKind.Absent;
        string[] writes = isNew ? [ObjectIds.Node(file.Absolute), Listing(file)] : [ObjectIds.Node(file.Absolute)];
        return new FileToolCall([.. Way(file)], writes)
        {
            Then = (isNew && HasParent(file)) || file.Kind == FileKind.File
                ? Leaves(file, Expectation.FileOf.Bytes(System.Text.Encoding.UTF8.GetBytes(content), isInSteps: isNew))
                : Tools.WorkspaceTool.Nothing,
        };
    }

    private static FileToolCall Edit(WalkedPath? path, JsonElement arguments)
    {
        if (path is not { } file)
        {
            return new FileToolCall([], []);
        }

        string[] own = [ObjectIds.Node(file.Absolute)];
        var isDryRun = Member(arguments, "dryRun") is { ValueKind: JsonValueKind.True };
        return new FileToolCall([.. own, .. Way(file)], isDryRun ? [] : own)
        {
            Then = file.Kind == FileKind.File ? Leaves(file, FileToolEdit.Foresee(file.Absolute, Member(arguments, "edits") ?? default, isInSteps: false)) : Tools.WorkspaceTool.Nothing,
        };
    }

    private static FileToolCall CreateDirectory(WalkedPath? path)
    {
        if (path is not { } directory)
        {
            return new FileToolCall([], []);
        }

        var writes = new List<string> { ObjectIds.Node(directory.Absolute) };
        var (at, kind) = (directory.Absolute, directory.Kind);
        while (kind == FileKind.Absent)
        {
            at = PathWalk.ParentOf(at);
            kind = FileKinds.Of(at);
            writes.Add(ObjectIds.Listing(at));
            if (kind == FileKind.Absent)
            {
                writes.Add(ObjectIds.Node(at));
            }
        }

        return new FileToolCall([.. directory.Links.Select(ObjectIds.Node)], writes)
        {
            Then = directory.Kind == FileKind.Absent && kind == FileKind.Directory
                ? Leaves(directory, new Expectation.AnyFolder())
                : Tools.WorkspaceTool.Nothing,
        };
    }

    // A link as the source is followed: what it leads to is moved.
    private static FileToolCall Move(WalkedPath? source, WalkedPath? destination)
    {
        if (source is not { } from || destination is not { } to)
        {
            return new FileToolCall([], []);
        }

        string[] own = from.Kind == FileKind.Directory
            ? [ObjectIds.Subtree(from.Absolute), ObjectIds.Subtree(to.Absolute)]
            : [ObjectIds.Node(from.Absolute), ObjectIds.Node(to.Absolute)];
        var isPossible = from.Kind != FileKind.Absent && to.Kind == FileKind.Absent && HasParent(to)
            && !to.Absolute.StartsWith(PathWalk.Join(from.Absolute, ""), StringComparison.Ordinal);
        return new FileToolCall([.. own, .. Way(from), .. Way(to)], [.. own, Listing(from), Listing(to)])
        {
            Then = isPossible
                ? new Dictionary<string, Expectation>
                {
                    [from.Absolute] = Expectation.Gone,
                    [to.Absolute] = new Expectation.SameAs(from.Absolute),
                }
                : Tools.WorkspaceTool.Nothing,
        };
    }

    private static Dictionary<string, Expectation> Leaves(WalkedPath path, Expectation expectation) => new() { [path.Absolute] = expectation };

    private static bool HasParent(WalkedPath path) => FileKinds.Of(PathWalk.ParentOf(path.Absolute)) == FileKind.Directory;

    private static string Listing(WalkedPath path) => ObjectIds.Listing(PathWalk.ParentOf(path.Absolute));

    // The links that were followed, and the directories that are missing.
    private static IEnumerable<string> Way(WalkedPath path)
    {
        foreach (var link in path.Links)
        {
            yield return ObjectIds.Node(link);
        }

        for (var at = PathWalk.ParentOf(path.Absolute); path.Kind == FileKind.Absent && FileKinds.Of(at) == FileKind.Absent; at = PathWalk.ParentOf(at))
        {
            yield return ObjectIds.Node(at);
        }
    }

    private static WalkedPath? Path(FilesystemServer server, JsonElement arguments, string name) =>
        Text(arguments, name) is { } given ? server.Resolve(given) : null;

    private static string? Text(JsonElement arguments, string name) =>
        Member(arguments, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonElement arguments, string name) =>
        arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out var member) ? member : null;
}
