using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <summary>What tools answered, by digest, so that a notice can show what changed; bounded, the oldest go first.</summary>
/// <remarks>
/// An answer that several calls have had is kept once, counted once, and goes with the last of them: what is folded leaves nothing.
/// </remarks>
internal sealed class ResultMemory(long bytesMax)
{
    private readonly Dictionary<ResultDigest, Kept> _results = [];
    private readonly LinkedList<ResultDigest> _byAge = [];

    /// <summary>How much is kept, in bytes.</summary>
    public long BytesTotal { get; private set; }

    public ToolResult? Find(ResultDigest? digest) =>
        digest is { } known && _results.TryGetValue(known, out var kept) ? kept.Result : null;

    /// <summary>Keeps what a call was answered, until it lets it go.</summary>
    public void Keep(ResultDigest digest, ToolResult result)
    {
        if (_results.TryGetValue(digest, out var kept))
        {
            kept.CallCount++;
        }
        else if (result.Utf8.Length <= bytesMax)
        {
            _results.Add(digest, new Kept(result, _byAge.AddLast(digest)));
            BytesTotal += result.Utf8.Length;
            while (BytesTotal > bytesMax)
            {
                Remove(_byAge.First!.Value);
            }
        }
    }

    /// <summary>A call that had that answer is forgotten.</summary>
    public void Release(ResultDigest digest)
    {
        // It may have gone for its age, and may have been answered anew since: then it goes with the last who knows of it, or for its age.
        if (_results.TryGetValue(digest, out var kept) && --kept.CallCount == 0)
        {
            Remove(digest);
        }
    }

    private void Remove(ResultDigest digest)
    {
        _results.Remove(digest, out var kept);
        _byAge.Remove(kept!.Age);
        BytesTotal -= kept.Result.Utf8.Length;
    }

    private sealed class Kept(ToolResult result, LinkedListNode<ResultDigest> age)
    {
        public ToolResult Result { get; } = result;

        public LinkedListNode<ResultDigest> Age { get; } = age;

        public int CallCount { get; set; } = 1;
    }
}
