using System.Security.Cryptography;
using System.Text;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>What a command found of all that it touched: as long as that is so, it would do and answer the same again.</summary>
/// <remarks>Content, existence, mode, links and names count; times do not.</remarks>
internal sealed class RunWitness
{
    private const int EntriesMax = 5_000;
    private const long BytesMax = 32 * 1024 * 1024;

    private readonly Touched _touched;
    private readonly ContentId _found;

    private RunWitness(Touched touched, ContentId found)
    {
        _touched = touched;
        _found = found;
    }

    /// <summary>What is there now, when that is surely what a command found.</summary>
    /// <param name="touched">What it touched.</param>
    /// <param name="earlier">The earlier tree that it ran in; null: the live one.</param>
    /// <param name="beganAt">The stamp of its beginning.</param>
    /// <returns>Null when something changed since the command began, or it is too much.</returns>
    internal static RunWitness? TryOf(Touched touched, EarlierFiles? earlier, FileStamp beganAt)
    {
        var found = TryDigest(touched, StatesOf(earlier), beganAt);
        return found is { } digest ? new RunWitness(touched, digest) : null;
    }

    /// <summary>Whether the command would find the same now.</summary>
    /// <param name="earlier">The earlier tree that it would run in; null: the live one.</param>
    internal bool HoldsIn(EarlierFiles? earlier) => TryDigest(_touched, StatesOf(earlier), beganAt: null) == _found;

    private static TreeStates StatesOf(EarlierFiles? earlier) => new(earlier, EntriesMax, BytesMax);

    private static ContentId? TryDigest(Touched touched, TreeStates states, FileStamp? beganAt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (var pattern in touched.Reads.Concat(touched.Writes))
            {
                if (ObjectIds.PathOf(pattern.Id) is not { } path || !TryAdd(hash, states, path, pattern.Extent, beganAt))
                {
                    return null;
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotCapturableException)
        {
            return null;
        }

        return new ContentId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset()));
    }

    private static bool TryAdd(IncrementalHash hash, TreeStates states, string path, Extent extent, FileStamp? beganAt)
    {
        if (beganAt is { } began && !states.IsOlder(path, began))
        {
            return false;
        }

        Add(hash, path);
        if (extent != Extent.Children)
        {
            Add(hash, states.StateOf(path).ToString());
        }

        if (extent == Extent.Node)
        {
            return true;
        }

        foreach (var name in states.NamesIn(path))
        {
            Add(hash, name);
            if (extent == Extent.Subtree && !TryAdd(hash, states, PathWalk.Join(path, name), extent, beganAt))
            {
                return false;
            }
        }

        return true;
    }

    // No path and no state holds a zero.
    private static void Add(IncrementalHash hash, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData([0]);
    }
}
