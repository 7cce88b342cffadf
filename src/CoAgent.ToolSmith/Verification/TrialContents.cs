using System.Collections.Concurrent;
using CoAgent.Runtime.Tools;

namespace CoAgent.ToolSmith.Verification;

/// <summary>The captured contents of one trial, as the journal keeps a workspace's.</summary>
internal sealed class TrialContents : IContentSource
{
    private readonly ConcurrentDictionary<ContentId, ReadOnlyMemory<byte>> _contents = new();

    internal void Keep(Capture capture)
    {
        foreach (var content in capture.Contents.Where(static content => !content.IsKnown))
        {
            _contents[content.Id] = content.Bytes.ToArray();
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) =>
        _contents.TryGetValue(id, out var bytes) ? ValueTask.FromResult(bytes)
            : throw new KeyNotFoundException($"The content {id} was not captured.");
}
