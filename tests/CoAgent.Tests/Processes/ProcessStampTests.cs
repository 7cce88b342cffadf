using CoAgent.Proxy.Processes;

namespace CoAgent.Tests.Processes;

public sealed class ProcessStampTests
{
    [Fact]
    public void The_stamp_of_a_process_stays_the_same()
    {
        Assert.NotNull(ProcessStamp.Of(Environment.ProcessId));
        Assert.Equal(ProcessStamp.Of(Environment.ProcessId), ProcessStamp.Of(Environment.ProcessId));
    }

    [Fact]
    public void Another_process_has_another_stamp() =>
        Assert.NotEqual(ProcessStamp.Of(1), ProcessStamp.Of(Environment.ProcessId));

    [Fact]
    public void A_process_that_is_not_there_has_none() => Assert.Null(ProcessStamp.Of(int.MaxValue));
}
