namespace CoAgent.Protocol.Tests.Plays;

/// <summary>Something in a play is not as it must be.</summary>
internal sealed class PlayException(string what) : Exception(what)
{
    public static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new PlayException(what);
        }
    }
}
