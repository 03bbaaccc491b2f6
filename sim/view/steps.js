// The steps of the trace, and what can be said of each. All indices count the file's records.
const $=id=>document.getElementById(id);
const T=new Float64Array(N),lo=new Uint32Array(N),hi=new Uint32Array(N),vcpu=new Uint32Array(N),
	machine=new Uint8Array(N),state=new Uint8Array(N),event=new Uint16Array(N),cpu=new Uint16Array(N),
	lost=new Uint16Array(N),result=new Uint32Array(N),call=new Uint8Array(N);
const VCPU=1,PV=2,CREATE=3;

// A step: numbers of 7 bits a byte: the time since the one before (its sign lowest), the rest.
function unpack(){
	const raw=atob(packed);
	let p=0,t=0;
	const get=()=>{let v=0,m=1,b;do{b=raw.charCodeAt(p++);v+=(b&127)*m;m*=128}while(b>127);return v};
	for(let i=0;i<N;i++){
		const d=get();
		t+=d%2?-(d+1)/2:d/2;
		T[i]=t;lo[i]=get();hi[i]=get();vcpu[i]=get();machine[i]=get();state[i]=get();event[i]=get();
		cpu[i]=get();lost[i]=get();result[i]=get();
	}
}
unpack();

const index=charts.map(c=>new Map(c.arrows.map(a=>[a[0]*64+a[2],a])));
const arrow=i=>index[machine[i]]?.get(state[i]*64+event[i]);
const isPage=i=>machine[i]===PAGE;
const did=["","PVALIDATE","PVALIDATE, rescinded","RMPADJUST","assigned by the host","shared, or taken by the host",
	"RMPADJUST, a save area","RMPADJUST, no save area more"];
const stateName=i=>isPage(i)?did[state[i]]??"?":charts[machine[i]]?.states[state[i]]??"?";
const ev=e=>names[e]??"?";
const hex=n=>"0x"+n.toString(16);
const address=i=>hi[i]*2**32+lo[i]; // exact: below 2^52
const arg=i=>hex((BigInt(hi[i])<<32n)|BigInt(lo[i]));

const ids=[...new Set(vcpu)].sort((a,b)=>a-b),lane=new Map(ids.map((v,i)=>[v,i]));

// What is known of calls: which, and the list entries that its machine has passed.
const callSteps=[],entrySteps=[],saveSteps=[],pageSteps=[];
function followCalls(){
	const now=new Map,passed=new Map,decode=charts[VCPU].states.indexOf("Decode"),reply=charts[VCPU].states.indexOf("Reply");
	for(let i=0;i<N;i++){
		const v=vcpu[i],m=machine[i];
		if(m===VCPU&&state[i]===decode){now.set(v,event[i]);passed.set(v,0);callSteps.push(i)}
		call[i]=m?now.get(v)??0:0;
		if(m===PV){const d=lo[i]-(passed.get(v)??0);if(d>0)entrySteps.push([i,d]);passed.set(v,lo[i])}
		if(m===CREATE)saveSteps.push(i);
		if(m===PAGE)pageSteps.push(i);
		if(m===VCPU&&state[i]===reply)now.delete(v);
	}
}
followCalls();

// How many of a sorted list of steps are at most `step`.
function countTo(list,step){
	let a=0,b=list.length;
	while(a<b){const m=a+b>>1;if(list[m]<=step)a=m+1;else b=m}
	return a;
}
