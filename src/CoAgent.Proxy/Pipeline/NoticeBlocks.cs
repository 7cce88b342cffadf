using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Notices;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Notices as a result carries them: in words for the model, in <c>_meta</c> for programs.</summary>
/// <param name="Text">The words; empty when there is nothing to tell.</param>
/// <param name="MetaMember">The members, with a comma before each; empty when there is nothing to tell.</param>
/// <param name="HasNotices">Whether notices are among what is told.</param>
internal sealed record NoticeBlock(string Text, byte[] MetaMember, bool HasNotices)
{
    /// <summary>Whether there is nothing to tell.</summary>
    public bool IsEmpty => Text.Length == 0;

    /// <summary>The words before those of an answer.</summary>
    public IEnumerable<string> Before(string words) => IsEmpty ? [words] : [Text, words];
}

/// <summary>Puts notices in words and in <c>_meta</c>, under the transaction's marker.</summary>
internal sealed class NoticeBlocks(string secret, ShownNames names, Func<ProxyConfiguration> configuration)
{
    private static readonly NoticeBlock Nothing = new("", [], HasNotices: false);

    /// <summary>What our words to a transaction begin with.</summary>
    public string MarkerOf(TransactionId transaction) => NoticeMarker.Of(secret, transaction).Text;

    /// <summary>What is to be told with an answer.</summary>
    /// <param name="transaction">Whose agent is told.</param>
    /// <param name="isGated">Whether the call that this answers was held back by the notices.</param>
    /// <param name="notices">The notices.</param>
    /// <param name="changed">The agent's own calls that an own call has changed.</param>
    public NoticeBlock Of(
        TransactionId transaction, bool isGated, ImmutableArray<ToldNotice> notices, ImmutableArray<ToldChange> changed)
    {
        if (notices.IsEmpty && changed.IsEmpty)
        {
            return Nothing;
        }

        (notices, changed) = (names.Of(notices), names.Of(changed));
        var marker = NoticeMarker.Of(secret, transaction);
        var gate = configuration().Options.Gate.ToProtocol();
        byte[] told = notices.IsEmpty ? [] : [(byte)',', .. ObjectEdit.Member("coagent/notices", NoticeMembers.Of(notices))];
        byte[] other = changed.IsEmpty ? [] : [(byte)',', .. ObjectEdit.Member("coagent/changed", NoticeMembers.OfChanged(changed))];
        return new NoticeBlock(
            NoticeText.OfChanged(marker, changed) + NoticeText.Of(marker, gate, isGated, notices), [.. told, .. other], !notices.IsEmpty);
    }
}
