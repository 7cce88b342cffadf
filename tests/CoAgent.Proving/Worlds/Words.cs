using CoAgent.Protocol.Trajectories;

namespace CoAgent.Proving.Worlds;

/// <summary>What the digests of one run stand for.</summary>
internal sealed class Words
{
    private readonly Dictionary<ResultDigest, string> _words = [];

    /// <summary>The digest of what a tool said.</summary>
    public ResultDigest Digest(ToolAnswer answer)
    {
        var digest = DigestOf(answer);
        _words[digest] = answer.Text;
        return digest;
    }

    /// <summary>What a tool said.</summary>
    public string TextOf(ResultDigest digest) =>
        _words.TryGetValue(digest, out var text) ? text : throw new ProofException("results", "a result that no tool gave");

    private static ResultDigest DigestOf(ToolAnswer answer)
    {
        // Two FNV hashes with different starts; short texts, so 128 bits never meet by chance.
        var (low, high) = (14695981039346656037UL, answer.IsError ? 7809847782465536322UL : 9650029242287828579UL);
        foreach (var character in answer.Text)
        {
            low = (low ^ character) * 1099511628211UL;
            high = (high ^ character) * 1099511628211UL;
        }

        return new ResultDigest(new UInt128(high, low));
    }
}
