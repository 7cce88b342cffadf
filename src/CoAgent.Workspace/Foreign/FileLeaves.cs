using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Foreign;

/// <summary>What a call will leave of the files that it writes, as its manifest says it under <c>leaves</c> (docs/catalog.md).</summary>
/// <remarks>
/// It is what tells the call's own change from somebody else's while nobody knows whether the call happened. Where the tree is such that the tool
/// will fail (no directory to write to, something in the way), nothing is left.
/// </remarks>
internal sealed class FileLeaves
{
    private readonly StatefulCall _call;
    private readonly IFilePaths _paths;
    private readonly Dictionary<string, Expectation> _leaves = new(StringComparer.Ordinal);

    private FileLeaves(StatefulCall call, IFilePaths paths)
    {
        _call = call;
        _paths = paths;
    }

    /// <summary>What it will leave, by canonical path; what is not named is left as it was.</summary>
    /// <exception cref="FormatException">The manifest does not say it as it must.</exception>
    internal static IReadOnlyDictionary<string, Expectation> Of(StatefulCall call, IFilePaths paths)
    {
        if (Member(call.With, "leaves") is not { } leaves)
        {
            return call.Bound.Writes.Select(static pattern => ObjectIds.PathOf(pattern.Id)).OfType<string>().Distinct(StringComparer.Ordinal)
                .ToDictionary(static path => path, static Expectation (_) => new Expectation.Anything(), StringComparer.Ordinal);
        }

        if (leaves.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("'leaves' of its manifest is a list.");
        }

        var found = new FileLeaves(call, paths);
        foreach (var leaf in leaves.EnumerateArray())
        {
            found.Add(leaf);
        }

        return found._leaves;
    }

    private void Add(JsonElement leaf)
    {
        var given = Member(leaf, "path") ?? throw new FormatException("What its manifest says it leaves has no 'path'.");
        if (given.ValueKind != JsonValueKind.Array)
        {
            AddOne(leaf, given, Member(leaf, "content"));
            return;
        }

        var contents = Member(leaf, "content") is { ValueKind: JsonValueKind.Array } several ? several.EnumerateArray().ToImmutableArray() : default;
        foreach (var (index, one) in given.EnumerateArray().Index())
        {
            AddOne(leaf, one, contents.IsDefault ? Member(leaf, "content") : index < contents.Length ? contents[index] : null);
        }
    }

    private void AddOne(JsonElement leaf, JsonElement given, JsonElement? content)
    {
        if (Resolve(given) is not { } path)
        {
            // No path that a server takes: the tool will fail.
            return;
        }

        if (Member(leaf, "moved-from") is { } source)
        {
            AddMoved(Resolve(source), path);
        }
        else if (Foresee(leaf, path, content) is { } left)
        {
            _leaves[path.Canonical] = left;
        }
    }

    private Expectation? Foresee(JsonElement leaf, FilePath path, JsonElement? content)
    {
        if (IsTrue(leaf, "gone"))
        {
            return path.Exists ? Expectation.Gone : null;
        }

        if (IsTrue(leaf, "folder"))
        {
            return !path.Exists && CanBeMade(path) ? new Expectation.AnyFolder() : null;
        }

        if (Member(leaf, "edits") is { } edits)
        {
            return IsFile(path) ? FileToolEdit.Foresee(path.Canonical, edits, isInSteps: !IsTrue(leaf, "replaced")) : null;
        }

        if (content is null)
        {
            return path.Exists || CanBeMade(path) ? new Expectation.Anything() : null;
        }

        return content is { ValueKind: JsonValueKind.String } text && (path.Exists ? IsFile(path) : CanBeMade(path))
            ? Expectation.FileOf.Bytes(Encoding.UTF8.GetBytes(text.GetString()!), isInSteps: !path.Exists || !IsTrue(leaf, "replaced"))
            : null;
    }

    private void AddMoved(FilePath? source, FilePath destination)
    {
        if (source is { Exists: true } from && !destination.Exists && CanBeMade(destination)
            && !destination.Canonical.StartsWith(PathWalk.Join(from.Canonical, ""), StringComparison.Ordinal))
        {
            _leaves[from.Canonical] = Expectation.Gone;
            _leaves[destination.Canonical] = new Expectation.SameAs(from.Canonical);
        }
    }

    /// <summary>Whether the directories above are there, or are made by the call itself.</summary>
    private bool CanBeMade(FilePath path)
    {
        var above = path.Missing.IsEmpty ? path.Canonical : path.Missing[^1];
        return FileKinds.Of(PathWalk.ParentOf(above)) == FileKind.Directory && path.Missing.All(IsWritten);
    }

    private bool IsWritten(string directory)
    {
        var node = ObjectPattern.TryParse(ObjectIds.Node(directory));
        return node is { } wanted && _call.Bound.Writes.Any(written => written.Covers(wanted));
    }

    private static bool IsFile(FilePath path) => FileKinds.Of(path.Canonical) == FileKind.File;

    private FilePath? Resolve(JsonElement given) =>
        given.ValueKind == JsonValueKind.String ? _paths.Resolve(_call.Directories, given.GetString()!) : null;

    private static bool IsTrue(JsonElement leaf, string name) => Member(leaf, name) is { ValueKind: JsonValueKind.True };

    private static JsonElement? Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : null;
}
