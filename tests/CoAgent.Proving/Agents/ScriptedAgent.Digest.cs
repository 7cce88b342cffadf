using CoAgent.Protocol.Notices;
using CoAgent.Proving.Exploring;

namespace CoAgent.Proving.Agents;

/// <content>What tells an agent's state from another.</content>
internal sealed partial class ScriptedAgent
{
    /// <summary>Takes into a hash all that its further moves depend on.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="names">Names of calls that do not depend on the way to here.</param>
    /// <param name="placeOf">The same for its notices.</param>
    public void AddTo(ref Hash128 hash, CanonicalNames names, Func<NoticeId, int> placeOf)
    {
        hash.Add(_next);
        hash.Add(_staleFrom);
        hash.Add(Transaction is not null);
        hash.Add(HasLeft);
        hash.Add(_isBlocked);
        hash.Add(_request is null ? -1 : (long)_request.Kind);
        hash.Add(_request?.Step ?? -1);
        for (var i = 0; i < _records.Length; i++)
        {
            hash.Add(_undone.Contains(i));
            _records[i].AddTo(ref hash, names);
        }

        foreach (var call in _toTakeBack)
        {
            hash.Add(names.Of(call));
        }

        foreach (var (notice, isAskedAgain) in _toResolve)
        {
            hash.Add(placeOf(notice));
            hash.Add(isAskedAgain);
        }
    }
}
