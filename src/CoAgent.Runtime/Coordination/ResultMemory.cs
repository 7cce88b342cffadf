using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <summary>What tools answered, by digest, so that a notice can show what changed; bounded, the oldest go first.</summary>
/// <remarks>An answer that two calls share is kept once, and counted once.</remarks>
internal sealed class ResultMemory(long bytesMax)
{
    private readonly Dictionary<ResultDigest, ToolResult> _results = [];
    private readonly Queue<ResultDigest> _byAge = [];
    private long _bytes;

    public ToolResult? Find(ResultDigest? digest) => digest is { } known ? _results.GetValueOrDefault(known) : null;

    public void Keep(ResultDigest digest, ToolResult result)
    {
        if (result.Utf8.Length > bytesMax || !_results.TryAdd(digest, result))
        {
            return;
        }

        _byAge.Enqueue(digest);
        _bytes += result.Utf8.Length;
        while (_bytes > bytesMax && _results.Remove(_byAge.Dequeue(), out var oldest))
        {
            _bytes -= oldest.Utf8.Length;
        }
    }
}
