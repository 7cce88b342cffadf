using System.Collections.Immutable;

namespace CoAgent.Proxy.Configuration;

/// <summary>What reading a configuration file came to: a whole configuration, or every fault at once.</summary>
public abstract record LoadResult
{
    private LoadResult()
    {
    }

    /// <summary>The file is good.</summary>
    /// <param name="Configuration">The snapshot.</param>
    /// <param name="Warnings">What is legal and yet probably not meant.</param>
    public sealed record Loaded(ProxyConfiguration Configuration, ImmutableArray<Fault> Warnings) : LoadResult;

    /// <summary>The file is not usable.</summary>
    /// <param name="Faults">Every fault, in the order of the file; never empty.</param>
    public sealed record Faulty(ImmutableArray<Fault> Faults) : LoadResult;
}
