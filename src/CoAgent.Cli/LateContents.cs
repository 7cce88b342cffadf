using CoAgent.Runtime.Tools;

namespace CoAgent.Cli;

/// <summary>The journal's contents, once the journal is open.</summary>
internal sealed class LateContents : IContentSource
{
    private IContentSource? _contents;

    /// <summary>The journal is open.</summary>
    public void Use(IContentSource contents) => _contents = contents;

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) => _contents is { } contents
        ? contents.ReadAsync(id, cancellationToken)
        : throw new KeyNotFoundException("No journal is open yet.");
}
