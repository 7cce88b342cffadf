using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Codec;

namespace CoAgent.Runtime.History;

/// <content>Where nothing is open: what a journal says is left is what the entries before it leave; or it begins there.</content>
public sealed partial class JournalVerifier
{
    private void LookAtRest(JournalEntry.Rested rested)
    {
        if (_memory.LastEntry == 0)
        {
            BeginAt(rested);
            return;
        }

        Require(_memory.LastEntry + 1 == rested.Number, "ids", call: null, $"the entry says that it is entry {rested.Number}");
        Require(_memory.IsAtRest, "replay", call: null, "the entry says that nothing was open, and something is");
        if (_violation is null)
        {
            Compare(rested, _memory.Rest(rested.At));
        }
    }

    /// <summary>The reads are compared by name: what was asked and answered is cut in a journal once they are released.</summary>
    private void Compare(JournalEntry.Rested said, JournalEntry.Rested known)
    {
        var isSame = BytesOf(said).Span.SequenceEqual(BytesOf(known).Span);
        Require(isSame, "replay", call: null, "what the entry says is left is not what the entries before it leave");
        foreach (var read in said.Left.State.Lapsed.SelectMany(static agent => agent.Reads))
        {
            Require(_memory.State.Remembers(read.Call), "replay", read.Call, "it is said to wait for its agent, and does not");
        }
    }

    private static ReadOnlyMemory<byte> BytesOf(JournalEntry.Rested rested) => JournalCodec.Encode(rested with
    {
        Left = rested.Left with
        {
            State = rested.Left.State with { Lapsed = [] },
            Lapsed = [],
            Ended = [],
            Unattended = [],
        },
    }).Body;

    private void BeginAt(JournalEntry.Rested rested)
    {
        _lastEffect = rested.Left.State.LastEffect;
        foreach (var (read, call) in rested.Left.State.Lapsed.SelectMany(static agent => agent.Reads).Zip(rested.Left.Lapsed))
        {
            _names.Add(read.Call);
            _transactions[call.Transaction.Id] = call.Transaction;
            _calls[read.Call] = new CheckedCall(call.Transaction, read.Declaration) { Told = read.Told };
        }
    }
}
